import { StompException } from '../exception/index.js';

/**
 * An expectation of a test that did not hold; the text ends with the frame log of the session.
 *
 * @publicApi
 */
export class StompExpectationException extends StompException {
  constructor(expected: string, log: string) {
    super(`${expected}\n\nFrames of this session:\n${log || '(none)'}`, {
      code: 'STOMP_ERR_EXPECTATION',
    });
  }
}
