/** Who votes in this browser; made once. Another tab is the same voter. */
export function voterId(): string {
  const id = localStorage.getItem('voter') ?? crypto.randomUUID();
  localStorage.setItem('voter', id);
  return id;
}
