import { AskForm } from './ask-form.js';
import { PollCard } from './poll-card.js';
import { NO_POLLS, polls$ } from './polls.js';
import { isLive$, watch } from './stomp.js';
import { Toast } from './toast.js';
import { useObservable } from './use-observable.js';

const audience$ = watch<number>('/app/audience');

export function App() {
  const isLive = useObservable(isLive$, false);
  const audience = useObservable(audience$, 0);
  const { polls, votes } = useObservable(polls$, NO_POLLS);
  return (
    <>
      <header>
        <img src="favicon.svg" alt="" width="34" height="34" />
        <h1>Polls</h1>
        <span className="audience">{audience === 1 ? 'only you' : `${audience} people`}</span>
        <span className="status" role="status" data-live={isLive}>
          <i />
          {isLive ? 'Live' : 'Connecting'}
        </span>
      </header>
      <main>
        <section className="polls">
          {polls.map((poll) => (
            <PollCard
              key={poll.id}
              poll={poll}
              mine={votes.find((vote) => vote.poll === poll.id)?.option}
              isLive={isLive}
            />
          ))}
        </section>
        <AskForm isLive={isLive} newest={polls[0]} />
      </main>
      <Toast />
    </>
  );
}
