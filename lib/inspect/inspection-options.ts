/**
 * Options for looking at a running instance.
 *
 * @publicApi
 */
export interface InspectionOptions {
  /** Milliseconds between two log lines with the counts of `StompStats`; 0 for none. @default 0 */
  statsLogIntervalMs?: number;
}
