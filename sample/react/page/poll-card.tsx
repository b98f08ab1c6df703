import type { CSSProperties } from 'react';
import type { Poll } from './polls.js';
import { send } from './stomp.js';

interface PollCardProps {
  poll: Poll;
  /** Index of what this voter has chosen. */
  mine: number | undefined;
  isLive: boolean;
}

export function PollCard({ poll: { id, question, options }, mine, isLive }: PollCardProps) {
  const total = options.reduce((sum, { votes }) => sum + votes, 0);
  const most = Math.max(...options.map(({ votes }) => votes));
  const vote = (option: number) => send(`/app/vote.${id}`, { option });
  return (
    <article className="card poll">
      <h2>{question}</h2>
      {options.map(({ label, votes }, i) => {
        const share = total === 0 ? 0 : votes / total;
        return (
          <button
            key={label}
            className="option"
            data-leads={votes === most && votes > 0}
            aria-pressed={i === mine}
            disabled={!isLive}
            style={{ '--share': share } as CSSProperties}
            onClick={() => vote(i)}
          >
            <span className="tick" aria-hidden />
            <span className="label">{label}</span>
            <span className="percent">{Math.round(share * 100)} %</span>
          </button>
        );
      })}
      <footer>
        {total === 1 ? '1 vote' : `${total} votes`}
        {mine === undefined ? '' : ' · you may change yours'}
      </footer>
    </article>
  );
}
