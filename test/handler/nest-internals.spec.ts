import * as constants from '@nestjs/common/constants.js';
import { ROUTE_ARGS_METADATA as WS_ARGS } from '@nestjs/common/constants.js';
import { WsParamtype } from '@nestjs/websockets/enums/ws-paramtype.enum.js';
import { PARAM_ARGS_METADATA } from '@nestjs/websockets/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import * as ours from '../../lib/handler/nest-internals.js';
import { ParameterType } from '../../lib/handler/decorators/parameter-type.js';

describe('what we know of the framework', () => {
  it('are the keys of its metadata', () => {
    const keys = Object.entries(ours).filter(([name]) => /^[A-Z_]+$/.test(name));
    expect(keys).toHaveLength(9);
    for (const [name, value] of keys)
      expect([name, (constants as Record<string, unknown>)[name]]).toEqual([name, value]);
    expect(PARAM_ARGS_METADATA).toBe(WS_ARGS);
  });

  it('are the numbers of its parameter decorators', () => {
    expect(ParameterType.PAYLOAD).toBe(RouteParamtypes.BODY);
    expect(ParameterType.DESTINATION_VARIABLE).toBe(RouteParamtypes.PARAM);
    expect(ParameterType.PAYLOAD).toBe(WsParamtype.PAYLOAD);
    expect(ParameterType.SESSION).toBe(WsParamtype.SOCKET);
    const numbers = Object.values(RouteParamtypes).filter((one) => typeof one === 'number');
    expect(Math.max(...numbers)).toBeLessThan(100);
  });

  it('are the parts of ExternalContextCreator, and it says so when they are gone', () => {
    expect(() => new ours.NestInternals({} as any)).toThrow(
      'This version of @nestjs/core is not supported: no guardsContextCreator, interceptorsContextCreator, pipesContextCreator, filtersContextCreator',
    );
  });
});
