import {
  ControllerAdvice,
  MessageConversionException,
  MessageExceptionHandler,
  MethodArgumentNotValidException,
  MethodArgumentConversionException,
  MissingArgumentException,
  SendToUser,
} from 'nestjs-stomp';
import { GlobalError, SharedError } from './errors.js';

@ControllerAdvice()
@SendToUser('/queue/errors', { broadcast: false })
export class GlobalAdvice {
  @MessageExceptionHandler(GlobalError)
  onGlobal(error: GlobalError): string {
    return `global:${error.message}`;
  }

  @MessageExceptionHandler(SharedError)
  onShared(): string {
    return 'shared:advice';
  }

  @MessageExceptionHandler(MethodArgumentNotValidException)
  onInvalid(error: MethodArgumentNotValidException): unknown {
    return { kind: 'validation', fields: error.fields };
  }

  @MessageExceptionHandler(MethodArgumentConversionException)
  onBadValue(): unknown {
    return { kind: 'bad-value' };
  }

  @MessageExceptionHandler(MessageConversionException)
  onConversion(): unknown {
    return { kind: 'conversion' };
  }

  @MessageExceptionHandler(MissingArgumentException)
  onMissing(): unknown {
    return { kind: 'missing-argument' };
  }
}
