import { byId, element } from './element.js';

const TOAST_MS = 5000;
const STATUS = { connecting: 'Connecting', live: 'Live', lost: 'Reconnecting' };

/** How the connection is; what is written can be sent while it is `live`. */
export function showConnection(state) {
  document.body.dataset.connection = state;
  byId('status').lastElementChild.textContent = STATUS[state];
  byId('composer').querySelector('.primary').disabled = state !== 'live';
}

/** Why one is not signed in; nothing hides it. */
export function showRefusal(text) {
  byId('refusal').textContent = text ?? '';
  byId('refusal').hidden = !text;
}

/** Says for a moment what went wrong. */
export function showToast({ message }) {
  const toast = element('p', '', message);
  byId('toasts').append(toast);
  setTimeout(() => toast.remove(), TOAST_MS);
}
