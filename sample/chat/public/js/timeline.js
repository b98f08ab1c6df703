import { avatar, element } from '/shared/element.js';

const SAME_BREATH_MS = 3 * 60_000;
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });

/** What was said in the open conversation. */
export class Timeline {
  #list;
  #last;

  constructor(list) {
    this.#list = list;
  }

  /** @param empty what to say when there is nothing */
  load(lines, me, empty) {
    this.#last = undefined;
    this.#list.replaceChildren();
    if (lines.length === 0) this.#list.append(element('li', 'empty', empty));
    for (const line of lines) this.add(line, me);
  }

  add(line, me) {
    this.#list.querySelector('.empty')?.remove();
    this.#list.append(line.kind === 'said' ? this.#said(line, me) : notice(line));
    this.#last = line;
    this.#list.scrollTop = this.#list.scrollHeight;
  }

  #said({ name, text, at }, me) {
    const last = this.#last;
    const isFirst = last?.kind !== 'said' || last.name !== name || at - last.at > SAME_BREATH_MS;
    const isMine = name === me;
    const row = element('li', `line${isFirst ? ' first' : ''}${isMine ? ' mine' : ''}`);
    if (isFirst && !isMine) row.append(avatar(name));
    if (isFirst) row.append(heading(isMine ? '' : name, at));
    row.append(element('p', 'bubble', text));
    return row;
  }
}

function heading(name, at) {
  const time = element('time', '', clock.format(at));
  time.dateTime = new Date(at).toISOString();
  return element('header', '', ...(name ? [element('b', '', name)] : []), time);
}

const notice = ({ name, kind }) => element('li', 'notice', `${name} ${kind}`);
