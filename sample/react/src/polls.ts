import { Injectable } from '@nestjs/common';
import { PollException } from './poll.exception.js';
import type { Poll, PollState, Vote } from './poll.js';

const MOST_POLLS = 20;

/** Votes by voter: the last one counts. */
interface Box {
  readonly question: string;
  readonly labels: readonly string[];
  readonly ballots: Map<string, number>;
}

/** The polls, in memory. */
@Injectable()
export class Polls {
  private readonly boxes = new Map<string, Box>();
  private lastId = 0;

  constructor() {
    this.opened('Coffee or tea?', ['Coffee', 'Tea', 'Water, thank you'], [9, 6, 2]);
    this.opened('What goes live on a Friday?', ['Everything', 'A fix', 'Nothing'], [2, 5, 11]);
    this.opened(
      'How shall we meet next time?',
      ['At the office', 'In the park', 'Everybody at home', 'Half and half'],
      [4, 7, 3, 5],
    );
  }

  stateFor(voter: string): PollState {
    const ids = [...this.boxes.keys()].reverse();
    return {
      polls: ids.map((id) => this.poll(id)),
      votes: ids.flatMap((id) => this.vote(id, voter)),
    };
  }

  /** A new poll; the oldest makes room for it. */
  ask(question: string, labels: readonly string[]): Poll {
    const id = String(++this.lastId);
    this.boxes.set(id, { question, labels, ballots: new Map() });
    if (this.boxes.size > MOST_POLLS) this.boxes.delete(this.boxes.keys().next().value!);
    return this.poll(id);
  }

  /** Takes the vote of somebody, in place of an earlier one. */
  take({ poll: id, option }: Vote, voter: string): Poll {
    const box = this.box(id);
    if (option >= box.labels.length) throw new PollException('There is no such answer');
    box.ballots.set(voter, option);
    return this.poll(id);
  }

  private opened(question: string, labels: readonly string[], votes: readonly number[]): void {
    const { id } = this.ask(question, labels);
    votes.forEach((count, option) => {
      for (let i = 0; i < count; i++) this.take({ poll: id, option }, `somebody ${option}.${i}`);
    });
  }

  private poll(id: string): Poll {
    const { question, labels, ballots } = this.box(id);
    const votes = labels.map(() => 0);
    for (const option of ballots.values()) votes[option]!++;
    return { id, question, options: labels.map((label, i) => ({ label, votes: votes[i]! })) };
  }

  private vote(id: string, voter: string): Vote[] {
    const option = this.box(id).ballots.get(voter);
    return option === undefined ? [] : [{ poll: id, option }];
  }

  private box(id: string): Box {
    const box = this.boxes.get(id);
    if (!box) throw new PollException('This poll is over');
    return box;
  }
}
