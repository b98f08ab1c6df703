const PATIENCE_MS = 20_000;

/** Waits for what nothing tells; fails when it does not come. */
export async function until(holds: () => boolean, what = holds.toString()): Promise<void> {
  for (const giveUp = Date.now() + PATIENCE_MS; !holds();) {
    if (Date.now() > giveUp) throw new Error(`did not happen: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
