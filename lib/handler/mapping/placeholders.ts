const PLACEHOLDER = /\$\{([^{}:]+)(?::([^{}]*))?\}/g;

/**
 * Gives the value of a key of configuration; undefined for an unknown key.
 *
 * @publicApi
 */
export type PlaceholderResolver = (key: string) => string | number | boolean | undefined;

/**
 * A text with `${key}` and `${key:default}` replaced.
 *
 * @throws Error for a key without value and default
 */
export function resolvePlaceholders(text: string, resolve: PlaceholderResolver): string {
  return text.replace(PLACEHOLDER, (whole, key: string, fallback: string | undefined) => {
    const value = resolve(key.trim()) ?? fallback;
    if (value !== undefined) return String(value);
    throw new Error(`placeholder '${whole}' has neither a value nor a default`);
  });
}
