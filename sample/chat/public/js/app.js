import { avatar, byId, element } from '/shared/element.js';
import { showConnection, showRefusal, showToast } from '/shared/feedback.js';
import { followTheme } from '/shared/theme.js';
import { ChatConnection } from './connection.js';
import { Conversations } from './conversations.js';
import { loginForm } from './login.js';
import { Session } from './session.js';
import { Sidebar } from './sidebar.js';
import { Timeline } from './timeline.js';
import { TokenLife } from './token-life.js';
import { Typing } from './typing.js';

const FIRST_ROOM = 'lobby';

const session = new Session();
const connection = new ChatConnection(() => session.current.token);
const conversations = new Conversations();
const people = new Map();
const timeline = new Timeline(byId('timeline'));
const typing = new Typing(byId('typing'));
const life = new TokenLife(session);
const sidebar = new Sidebar({
  openRoom: (name) => show(joined(conversations.room(name))),
  openPerson: (name) => show(conversations.with(name)),
  kick: (name) => connection.send(`/app/admin/kick.${name}`),
});

connection.addEventListener('live', subscribeAll);
connection.addEventListener('lost', () => {
  for (const room of conversations.rooms) room.leave &&= notYet;
  showConnection('lost');
});
connection.addEventListener('ended', ({ detail }) => signedOut(detail));

loginForm(async (name, password) => {
  await session.login(name, password);
  signedIn();
});
byId('logout').addEventListener('click', () => session.logout().catch(showToast));
byId('leave').addEventListener('click', leave);
byId('announce').addEventListener('submit', announce);
byId('composer').addEventListener('submit', say);
byId('line').addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) say(event);
});
byId('line').addEventListener('input', tellTyping);
byId('menu').addEventListener('click', () => openMenu(true));
byId('shade').addEventListener('click', () => openMenu(false));
followTheme(byId('theme'), () => undefined);
if (session.current) signedIn();

/** How to leave a room that is to be joined when the connection is there. */
const notYet = () => undefined;

function signedIn() {
  const { name, isAdmin } = session;
  document.body.dataset.view = 'chat';
  byId('my-name').textContent = name;
  byId('my-avatar').replaceWith(Object.assign(avatar(name), { id: 'my-avatar' }));
  byId('announce').hidden = !isAdmin;
  byId('banner').hidden = true;
  showRefusal();
  life.begin();
  showConnection('connecting');
  show(conversations.room(FIRST_ROOM));
  byId('line').focus();
  connection.open();
}

function signedOut(reason) {
  session.forget();
  conversations.clear();
  people.clear();
  // The next one to sign in here may be somebody else.
  for (const form of ['composer', 'announce']) byId(form).reset();
  document.body.dataset.view = 'login';
  document.body.dataset.connection = 'off';
  openMenu(false);
  showRefusal(reason);
  byId('login').elements.name.focus();
}

/** First what changes a list, then the list: nothing is missed between. */
function subscribeAll() {
  connection.subscribe('/user/queue/errors', showToast);
  connection.subscribe('/user/queue/expiring', renew);
  connection.subscribe('/user/queue/typing', (who) => typing.started(who));
  connection.subscribe('/user/queue/private', heardPrivately);
  connection.subscribe('/topic/announcements', showAnnouncement);
  connection.subscribe('/topic/online', (person) => {
    setPerson(person);
    drawSidebar();
  });
  connection.subscribe('/app/online', (all) => {
    people.clear();
    all.forEach(setPerson);
    drawSidebar();
  });
  connection.subscribe('/app/rooms', (all) => {
    for (const { name, topic } of all) conversations.room(name).topic = topic;
    drawSidebar();
  });
  const before = conversations.rooms.filter((room) => room.leave);
  for (const room of new Set([conversations.room(FIRST_ROOM), ...before])) join(room);
  showConnection('live');
}

function joined(room) {
  if (!room.leave && connection.isLive) join(room);
  room.leave ??= notYet;
  return room;
}

function join(room) {
  const { name } = room;
  const ends = [
    connection.subscribe(`/topic/room.${name}`, heardInRoom),
    connection.subscribe(`/app/room.${name}`, ({ topic, members, history }) => {
      Object.assign(room, { topic, members, lines: [...history] });
      if (room === conversations.open) show(room);
    }),
  ];
  room.leave = () => ends.forEach((end) => end());
}

function leave() {
  const room = conversations.open;
  room.leave();
  room.leave = undefined;
  show(conversations.rooms.find((one) => one.leave) ?? room);
}

function heardInRoom(event) {
  const room = conversations.room(event.room);
  const { kind, name } = event;
  if (kind === 'said') typing.stopped(event);
  else {
    const others = room.members.filter((one) => one !== name);
    room.members = kind === 'joined' ? [...others, name].sort() : others;
  }
  heard(room, event);
}

function heardPrivately({ from, to, text, at }) {
  const conversation = conversations.with(from === session.name ? to : from);
  heard(conversation, { kind: 'said', name: from, text, at });
}

function heard(conversation, line) {
  conversations.add(conversation, line);
  if (conversation === conversations.open) {
    timeline.add(line, session.name);
    drawHeader(conversation);
  }
  drawSidebar();
}

function show(conversation) {
  const { name, isRoom, lines } = conversation;
  conversations.open = conversation;
  conversation.unread = 0;
  const empty = isRoom ? 'Nothing has been said here yet.' : `Only ${name} and you can read this.`;
  timeline.load(lines, session.name, empty);
  typing.show(isRoom ? name : undefined);
  byId('line').placeholder = isRoom ? `Message #${name}` : `Private message to ${name}`;
  drawHeader(conversation);
  drawSidebar();
  openMenu(false);
}

function drawHeader({ name, isRoom, topic, members }) {
  byId('title').textContent = isRoom ? `# ${name}` : name;
  byId('subtitle').textContent = isRoom ? topic : privateStatus(name);
  byId('members').replaceChildren(
    ...(isRoom ? members : []).map((name) =>
      Object.assign(element('li', '', avatar(name)), { title: name }),
    ),
  );
  byId('leave').hidden = !isRoom || name === FIRST_ROOM;
}

const privateStatus = (name) => `Private · ${people.has(name) ? 'online' : 'not online'}`;

function drawSidebar() {
  sidebar.draw({ conversations, people, me: session.name, isAdmin: session.isAdmin });
}

function setPerson(person) {
  if (person.isOnline) people.set(person.name, person);
  else people.delete(person.name);
  const { open } = conversations;
  if (open && !open.isRoom) drawHeader(open);
}

function say(event) {
  event.preventDefault();
  const field = byId('line');
  const text = field.value.trim();
  if (!text || !connection.isLive) return;
  const { isRoom, name } = conversations.open;
  connection.send(isRoom ? `/app/room.${name}/say` : `/app/private.${name}`, { text });
  field.value = '';
  typing.sent();
}

function tellTyping() {
  const { isRoom, name } = conversations.open;
  if (isRoom && typing.isNews()) connection.send(`/app/room.${name}/typing`);
}

function announce(event) {
  event.preventDefault();
  connection.send('/app/admin/announce', { text: byId('announcement').value });
  event.target.reset();
  openMenu(false);
}

async function renew() {
  try {
    const token = await session.renew();
    if (!token) return;
    await connection.renew(token);
    life.renewed();
  } catch (error) {
    showToast(error);
  }
}

function showAnnouncement({ from, text }) {
  const close = element('button', 'icon', '✕');
  close.setAttribute('aria-label', 'Close');
  close.addEventListener('click', () => (byId('banner').hidden = true));
  byId('banner').replaceChildren(element('b', '', `${from}:`), element('span', '', text), close);
  byId('banner').hidden = false;
}

function openMenu(isOpen) {
  document.body.dataset.menu = isOpen ? 'open' : 'closed';
}
