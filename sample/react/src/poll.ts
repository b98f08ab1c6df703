/** A poll as pages see it. */
export interface Poll {
  readonly id: string;
  readonly question: string;
  readonly options: readonly { readonly label: string; readonly votes: number }[];
}

/** What somebody has voted: the index of an option. */
export interface Vote {
  readonly poll: string;
  readonly option: number;
}

/** All polls, newest first, and what the asking voter has voted. */
export interface PollState {
  readonly polls: readonly Poll[];
  readonly votes: readonly Vote[];
}
