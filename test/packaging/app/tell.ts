/** Prints whether something is so. */
export function tell(fact: string, shown: Promise<unknown>): Promise<void> {
  return shown.then(
    () => console.log(`ok ${fact}`),
    (error: unknown) => console.log(`not ok ${fact}: ${String(error)}`),
  );
}
