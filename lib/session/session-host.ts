import type { PublishSubscribeChannel, StompEvents } from '../channel/index.js';
import type { DestinationRouter } from '../destination/index.js';
import type { SessionContext } from '../message/index.js';
import type { Authenticate } from './connect-phase.js';
import type { ConnectedFrames } from './connected-frames.js';
import type { Deadlines } from './deadlines.js';
import type { ErrorFrames } from './error-frames.js';
import type { FanOut } from './fan-out.js';
import type { FrameLimits } from './frame-limits.js';
import type { FrameRules } from './frame-rules.js';
import type { ResolvedSessionOptions } from './session-options.js';
import type { SessionStatistics } from './session-statistics.js';

/** What every session of one instance shares, and whom it tells about itself. */
export interface SessionHost {
  readonly inbound: PublishSubscribeChannel;
  readonly router: DestinationRouter;
  readonly events: StompEvents;
  readonly brokerCount: number;
  readonly wantsHeartbeats: boolean;
  readonly options: ResolvedSessionOptions;
  readonly frameLimits: FrameLimits;
  readonly connectedFrames: ConnectedFrames;
  readonly rules: FrameRules;
  readonly deadlines: Deadlines;
  readonly fanOut: FanOut;
  readonly statistics: SessionStatistics;
  readonly errors: ErrorFrames;
  readonly authenticate: Authenticate | undefined;
  /** Settles when what was sent to a session has passed clientOutboundChannel; undefined when all of it has. */
  pendingOutbound(sessionId: string): Promise<unknown> | undefined;
  /** A frame is in work, or no longer. */
  frameBegan(): void;
  frameFinished(): void;
  /** The connection is over. */
  closed(session: SessionContext, wasConnected: boolean, code: number): void;
  /** Something is wrong with the application. */
  error(text: string, error?: unknown): void;
  warn(text: string, error?: unknown): void;
  debug(text: string): void;
}
