/** The door to graphical consoles: the RFB protocol (RFC 6143) as its client, and what of it a page is shown. */
export { type ClientFilter, createClientFilter, type ViewerMessage } from './client-messages.ts'
export { type ConnectVncOptions, connectVnc } from './connect-vnc.ts'
export { greetingFor, openPicture, type Picture } from './handshake.ts'
export { createServerFilter, type ServerFilter } from './server-messages.ts'
