import { element } from '/shared/element.js';

/** The letter of a node in its colour. */
export function nodeBadge(name) {
  const made = element('b', 'node', name);
  made.dataset.node = name;
  made.title = `said on node ${name}`;
  return made;
}
