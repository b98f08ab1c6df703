import type { FormEvent } from 'react';
import { send } from './stomp.js';

const ANSWERS = ['First answer', 'Second answer', 'Third answer, if there is one'];

export function AskForm({ isLive }: { isLive: boolean }) {
  const ask = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const options = form.getAll('option').map(String).filter(Boolean);
    send('/app/ask', { question: form.get('question'), options });
    event.currentTarget.reset();
  };
  return (
    <form className="card ask" onSubmit={ask} autoComplete="off">
      <h2>Ask everybody</h2>
      <input
        name="question"
        maxLength={120}
        placeholder="Your question"
        aria-label="Your question"
        required
      />
      {ANSWERS.map((name, i) => (
        <input
          key={name}
          name="option"
          maxLength={60}
          placeholder={name}
          aria-label={name}
          required={i < 2}
        />
      ))}
      <button className="primary" disabled={!isLive}>
        Ask
      </button>
      <p className="muted">It appears on every page that is open.</p>
    </form>
  );
}
