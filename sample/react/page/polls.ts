import { map, merge, scan, share, startWith } from 'rxjs';
import type { Poll, PollState, Vote } from '../src/poll.js';
import { watch } from './stomp.js';

export type { Poll, PollState, Vote };
type Change = (state: PollState) => PollState;

export const NO_POLLS: PollState = { polls: [], votes: [] };

/** A poll in its place, or in front when it is new. */
const withPoll =
  (poll: Poll): Change =>
  ({ polls, votes }) => {
    const isKnown = polls.some(({ id }) => id === poll.id);
    return {
      polls: isKnown ? polls.map((one) => (one.id === poll.id ? poll : one)) : [poll, ...polls],
      votes,
    };
  };

const withVote =
  (vote: Vote): Change =>
  ({ polls, votes }) => ({
    polls,
    votes: [...votes.filter((one) => one.poll !== vote.poll), vote],
  });

/** Changes are subscribed to first, so that none is missed between them and the answer with all there is. */
export const polls$ = merge(
  watch<Poll>('/topic/polls').pipe(map(withPoll)),
  watch<Vote>('/user/queue/votes').pipe(map(withVote)),
  watch<PollState>('/app/polls').pipe(map((all) => () => all)),
).pipe(
  scan((state: PollState, change: Change) => change(state), NO_POLLS),
  startWith(NO_POLLS),
  share(),
);
