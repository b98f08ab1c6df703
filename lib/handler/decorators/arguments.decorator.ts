import { parameterDecorator, type ArgumentOptions, type PipeLike } from './parameter-metadata.js';
import { ParameterType } from './parameter-type.js';

type OptionsOrPipe = ArgumentOptions | PipeLike;

/**
 * The body, converted to the type of the parameter; with a name, that property of it. An empty body is an error unless
 * `required: false`. Parameters without a decorator are the same.
 *
 * @publicApi
 */
export function Payload(
  ...propertyOptionsPipes: (string | OptionsOrPipe | undefined)[]
): ParameterDecorator {
  return parameterDecorator(ParameterType.PAYLOAD, propertyOptionsPipes);
}

/**
 * One header: a message header (`simpDestination`, …), else a STOMP header, by the name given or else the parameter's own;
 * `nativeHeaders.x` is the STOMP header `x` only. Converted to the type of the parameter; an array gets all values.
 *
 * @publicApi
 */
export function Header(
  ...nameOptionsPipes: (string | OptionsOrPipe | undefined)[]
): ParameterDecorator {
  return parameterDecorator(ParameterType.HEADER, nameOptionsPipes);
}

/**
 * All headers by name, those of the STOMP frame under `nativeHeaders` with the list of their values; or as
 * `MessageHeaders` or an accessor where the parameter is of that type.
 *
 * @publicApi
 */
export function Headers(...pipes: PipeLike[]): ParameterDecorator {
  return parameterDecorator(ParameterType.HEADERS, pipes);
}

/**
 * A variable of the pattern that matched, by the name given or else the parameter's own, converted to the type of the
 * parameter.
 *
 * @publicApi
 */
export function DestinationVariable(
  ...nameOptionsPipes: (string | OptionsOrPipe | undefined)[]
): ParameterDecorator {
  return parameterDecorator(ParameterType.DESTINATION_VARIABLE, nameOptionsPipes);
}

/**
 * The user of the message, undefined when the session is anonymous and `required` is not set.
 *
 * @publicApi
 */
export function Principal(...optionsPipes: (OptionsOrPipe | undefined)[]): ParameterDecorator {
  return parameterDecorator(ParameterType.PRINCIPAL, [{ required: false }, ...optionsPipes]);
}

/**
 * An attribute of the session, by the name given or else the parameter's own; not converted.
 *
 * @publicApi
 */
export function SessionAttribute(
  ...nameOptionsPipes: (string | OptionsOrPipe | undefined)[]
): ParameterDecorator {
  return parameterDecorator(ParameterType.SESSION_ATTRIBUTE, nameOptionsPipes);
}

/**
 * The whole message: its payload as octets, or converted to the type given. A parameter of type `Message` needs it only
 * for such a type.
 *
 * @publicApi
 */
export function StompMessage(payloadType?: unknown): ParameterDecorator {
  return parameterDecorator(ParameterType.MESSAGE, [{ type: payloadType }]);
}

export { Header as StompHeader, Headers as StompHeaders, Payload as StompPayload };
