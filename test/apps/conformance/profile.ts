export const PROFILES = ['default', 'dots', 'ordered', 'relay'] as const;

export type ProfileName = (typeof PROFILES)[number];

/** What the command line says about this run of the application. */
export interface Profile {
  readonly name: ProfileName;
  /** Port of the external broker, for the profile `relay`. */
  readonly relayPort: number;
}

/** Whether paths of this profile are separated by dots. */
export const hasDots = ({ name }: Profile): boolean => name === 'dots' || name === 'relay';
