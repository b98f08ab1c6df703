/** What is wrong with what should be a `StompPrincipal`; undefined when nothing is. Shows nothing of what it holds. */
export function principalFault(user: unknown): string | undefined {
  if (typeof user !== 'object' || user === null) return faultText(`a ${typeof user}`);
  const { name, destinationUserName } = user as Record<string, unknown>;
  if (!isName(name)) return faultText(`an object whose "name" is ${described(name)}`);
  // Undefined and null stand for the name.
  if (isName(destinationUserName ?? name)) return undefined;
  return faultText(`an object whose "destinationUserName" is ${described(destinationUserName)}`);
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function described(value: unknown): string {
  if (value === '') return 'empty';
  return value === undefined || value === null ? 'missing' : `a ${typeof value}`;
}

function faultText(found: string): string {
  return `The principal of a session is ${found}; it has to be an object with a name that is a text and not empty, as { name: 'alice' }, or undefined for nobody`;
}
