import { Controller } from '@nestjs/common';
import {
  DestinationVariable,
  MessageExceptionHandler,
  MessageMapping,
  Payload,
  Principal,
  SendTo,
  SendToUser,
  SimpMessagingTemplate,
  SubscribeMapping,
  type StompPrincipal,
} from 'nestjs-stomp';
import type { Observable } from 'rxjs';
import { Audience } from './audience.js';
import { PollException } from './poll.exception.js';
import type { Poll, PollState, Vote } from './poll.js';
import { Polls } from './polls.js';
import { Ballot, pollPipe, Question } from './question.js';

/** What voters ask and do; all destinations below `/app`. */
@Controller()
export class PollController {
  constructor(
    private readonly polls: Polls,
    private readonly audience: Audience,
    private readonly template: SimpMessagingTemplate,
  ) {}

  @SubscribeMapping('polls')
  state(@Principal() { name }: StompPrincipal): PollState {
    return this.polls.stateFor(name);
  }

  /** A live answer: each number goes to the one who subscribed, until that one leaves. */
  @SubscribeMapping('audience')
  people(): Observable<number> {
    return this.audience.size$;
  }

  @MessageMapping('ask')
  @SendTo('/topic/polls')
  ask(@Payload(pollPipe) { question, options }: Question): Poll {
    return this.polls.ask(question, options);
  }

  /** The count goes to all, the vote itself to all pages of the one who voted. */
  @MessageMapping('vote.{poll}')
  @SendToUser('/queue/votes')
  vote(
    @DestinationVariable('poll') poll: string,
    @Payload(pollPipe) { option }: Ballot,
    @Principal() { name }: StompPrincipal,
  ): Vote {
    const vote = { poll, option };
    this.template.convertAndSend('/topic/polls', this.polls.take(vote, name));
    return vote;
  }

  @MessageExceptionHandler(PollException)
  @SendToUser('/queue/errors', { broadcast: false })
  refused({ message }: PollException): string {
    return message;
  }
}
