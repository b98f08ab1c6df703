/** `/topic/price.{symbol}` as a type: every `{variable}` stands for any text. */
type Filled<Pattern extends string> = Pattern extends `${infer Before}{${string}}${infer After}`
  ? `${Before}${string}${Filled<After>}`
  : Pattern;

/** `any`, and `unknown` as `app.get(SimpMessagingTemplate)` infers it. */
type IsUntyped<T> = unknown extends T ? true : false;

/**
 * The destinations that a map of destinations to payload types allows; its keys may hold `{variable}`s. Any text without
 * such a map.
 *
 * @publicApi
 */
export type DestinationIn<Destinations> =
  IsUntyped<Destinations> extends true ? string : Filled<keyof Destinations & string>;

/**
 * What may be sent to a destination of such a map.
 *
 * @publicApi
 */
export type PayloadFor<Destinations, Destination extends string> =
  IsUntyped<Destinations> extends true
    ? unknown
    : {
        [Key in keyof Destinations & string]: Destination extends Filled<Key>
          ? Destinations[Key]
          : never;
      }[keyof Destinations & string];

/**
 * The destinations below `/user` of such a map, without `/user`.
 *
 * @publicApi
 */
export type UserDestinationIn<Destinations> =
  IsUntyped<Destinations> extends true
    ? string
    : DestinationIn<Destinations> extends infer All
      ? All extends `/user${infer Destination}`
        ? Destination
        : never
      : never;
