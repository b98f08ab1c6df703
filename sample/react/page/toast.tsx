import { useEffect, useState } from 'react';
import { watchText } from './stomp.js';

const SHOWN_MS = 4000;
const errors$ = watchText('/user/queue/errors');

/** Says for a moment why something was refused. */
export function Toast() {
  const [text, setText] = useState('');
  useEffect(() => {
    const subscription = errors$.subscribe(setText);
    return () => subscription.unsubscribe();
  }, []);
  useEffect(() => {
    const timer = setTimeout(() => setText(''), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <div className="toast" role="alert" hidden={!text}>
      {text}
    </div>
  );
}
