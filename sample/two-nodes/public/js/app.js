import { Connection } from '/shared/connection.js';
import { byId } from '/shared/element.js';
import { showConnection, showRefusal, showToast } from '/shared/feedback.js';
import { People } from './people.js';
import { Timeline } from './timeline.js';

/** Refused; signed out: nothing that trying again would change. */
const FINAL_CODES = [1008, 4402];

const connection = new Connection({
  path: '/stomp',
  finalCodes: FINAL_CODES,
  headers: () => ({ login: me }),
});
const timeline = new Timeline(byId('timeline'));
const people = new People(writeTo);
let me = sessionStorage.getItem('name');
/** Who the next line goes to; undefined for everybody. */
let recipient;

connection.addEventListener('live', subscribeAll);
connection.addEventListener('lost', () => showConnection('lost'));
connection.addEventListener('ended', ({ detail }) => left(detail));
byId('login').addEventListener('submit', (event) => {
  event.preventDefault();
  join(new FormData(event.target).get('name').trim());
});
byId('composer').addEventListener('submit', say);
byId('recipient').addEventListener('click', () => writeTo(undefined));
byId('sign-out').addEventListener('click', () => connection.send('/app/sign-out'));
await showNode();
if (me) join(me);

async function showNode() {
  const { name, otherUrl } = await (await fetch('/node')).json();
  document.documentElement.dataset.own = name;
  document.title = `Node ${name} · Two nodes`;
  for (const badge of document.querySelectorAll('[data-own-name]')) {
    badge.textContent = name;
    badge.dataset.node = name;
  }
  for (const link of document.querySelectorAll('[data-other]')) {
    link.hidden = !otherUrl;
    link.href = otherUrl;
  }
}

function join(name) {
  me = name;
  sessionStorage.setItem('name', name);
  document.body.dataset.view = 'lobby';
  showConnection('connecting');
  byId('line').focus();
  connection.open();
}

function left(reason) {
  sessionStorage.removeItem('name');
  // The next one to join here may be somebody else.
  timeline.clear();
  writeTo(undefined);
  byId('composer').reset();
  document.body.dataset.view = 'login';
  showRefusal(reason);
  byId('login').elements.name.focus();
}

/** First what changes the list, then the list: nothing is missed between. */
function subscribeAll() {
  const heard = (said) => timeline.add(said, me);
  connection.subscribe('/topic/lobby', heard);
  connection.subscribe('/user/queue/private', heard);
  connection.subscribe('/user/queue/errors', showToast);
  connection.subscribe('/node/online', showOnline);
  connection.subscribe('/app/online', showOnline);
  showConnection('live');
}

function showOnline(online) {
  people.show(online);
  if (recipient && !people.has(recipient)) return writeTo(undefined);
  people.draw(me, recipient);
}

function writeTo(name) {
  recipient = name === recipient ? undefined : name;
  byId('recipient').textContent = recipient ? `Only to ${recipient} ✕` : 'To everybody';
  byId('recipient').disabled = !recipient;
  byId('line').focus();
  people.draw(me, recipient);
}

function say(event) {
  event.preventDefault();
  const text = byId('line').value.trim();
  if (!text) return;
  connection.send(recipient ? `/app/private.${recipient}` : '/app/say', { text });
  byId('line').value = '';
}
