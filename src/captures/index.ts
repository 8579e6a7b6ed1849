export { type CapturesService, type CaptureView, createCaptures } from './captures.service.ts'
