/** Something that a voter did wrong; the text is for the voter. */
export class PollException extends Error {}
