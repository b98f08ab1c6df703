/** What a user asked for cannot be done; its text is for them. */
export class ChatException extends Error {}
