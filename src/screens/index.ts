export { createScreensService, type ScreensService } from './screens.service.ts'
