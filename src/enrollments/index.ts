export { readClassList } from './class-list.ts'
export { createEnrollmentsRepository } from './enrollments.repository.ts'
export { createEnrollmentsService, type EnrollmentsService, type JudgedLine } from './enrollments.service.ts'
