import type { DecoderLimits } from '../frame/index.js';
import type { ResolvedSessionOptions } from './session-options.js';

/** How large frames may be, before CONNECTED and after it. */
export interface FrameLimits {
  readonly connecting: DecoderLimits;
  readonly connected: DecoderLimits;
}

export function frameLimits({
  messageSizeLimit,
  connectSizeLimitBytes,
  maxHeaders,
  headerLineLimitBytes: maxHeaderLineBytes,
}: ResolvedSessionOptions): FrameLimits {
  const maxConnectBytes = Math.min(connectSizeLimitBytes, messageSizeLimit);
  return {
    connecting: { maxFrameBytes: maxConnectBytes, maxHeaders, maxHeaderLineBytes },
    connected: { maxFrameBytes: messageSizeLimit, maxHeaders, maxHeaderLineBytes },
  };
}
