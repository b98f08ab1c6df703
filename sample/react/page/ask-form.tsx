import { useEffect, useRef, type FormEvent } from 'react';
import type { Poll } from './polls.js';
import { send } from './stomp.js';

const ANSWERS = ['First answer', 'Second answer', 'Third answer, if there is one'];

interface AskFormProps {
  readonly isLive: boolean;
  readonly newest: Poll | undefined;
}

export function AskForm({ isLive, newest }: AskFormProps) {
  const form = useRef<HTMLFormElement>(null);
  const asked = useRef('');
  // What was refused stays in the form, to be mended.
  useEffect(() => {
    if (newest?.question !== asked.current) return;
    asked.current = '';
    form.current?.reset();
  }, [newest?.id]);
  const ask = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const texts = (name: string) => fields.getAll(name).map((text) => (text as string).trim());
    const [question = ''] = texts('question');
    asked.current = question;
    send('/app/ask', { question, options: texts('option').filter(Boolean) });
  };
  return (
    <form ref={form} className="card ask" onSubmit={ask} autoComplete="off">
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
