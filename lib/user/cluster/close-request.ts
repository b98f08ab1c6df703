/** What one node asks the others to close: all sessions of a user, or one session. */
export interface CloseRequest {
  readonly user?: string;
  readonly sessionId?: string;
  readonly code: number;
  readonly reason: string;
}

export function isCloseRequest(value: unknown): value is CloseRequest {
  if (typeof value !== 'object' || value === null) return false;
  const { user, sessionId, code, reason } = value as Partial<CloseRequest>;
  return (
    typeof (user ?? sessionId) === 'string' &&
    typeof code === 'number' &&
    typeof reason === 'string'
  );
}
