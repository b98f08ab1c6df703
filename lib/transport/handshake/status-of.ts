/** The HTTP status that an exception carries (Nest's HttpException, http-errors), undefined without one. */
export function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { getStatus, status, statusCode } = error as Record<string, unknown>;
  const value: unknown =
    typeof getStatus === 'function' ? getStatus.call(error) : (status ?? statusCode);
  const valid =
    typeof value === 'number' && Number.isInteger(value) && value >= 400 && value <= 599;
  return valid ? value : undefined;
}
