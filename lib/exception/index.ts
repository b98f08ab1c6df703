export { StompException, type StompExceptionOptions } from './stomp.exception.js';
