/** Puts neighbours far apart on the circle of colours. */
const GOLDEN_ANGLE = 137.5;

/** An element with a class, and texts or elements inside. */
export function element(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

export const byId = (id) => document.getElementById(id);

/** A circle with the first letters of a name, in the colour that belongs to the name. */
export function avatar(name, className = '') {
  const made = element('span', `avatar ${className}`, name.slice(0, 2));
  made.style.setProperty('--hue', hueOf(name));
  return made;
}

function hueOf(name) {
  let hash = 0;
  for (const letter of name) hash = (hash * 31 + letter.codePointAt(0)) % 9973;
  return (hash * GOLDEN_ANGLE) % 360;
}
