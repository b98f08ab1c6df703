import { avatar, byId, element } from '/shared/element.js';
import { showRefusal } from '/shared/feedback.js';

const DEMO = { ada: 'lovelace', alan: 'turing', grace: 'hopper', linus: 'torvalds' };

/** The form to sign in with. @param login is given name and password */
export function loginForm(login) {
  const form = byId('login');
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const { name, password } = Object.fromEntries(new FormData(form));
    login(name, password).then(
      () => form.reset(),
      ({ message }) => showRefusal(message),
    );
  });
  for (const [name, password] of Object.entries(DEMO)) {
    const button = element('button', '', avatar(name), name);
    button.type = 'button';
    button.addEventListener('click', () => {
      form.name.value = name;
      form.password.value = password;
      form.requestSubmit();
    });
    byId('accounts').append(button);
  }
}
