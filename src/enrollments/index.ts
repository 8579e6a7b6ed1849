export { decodeClassList, readClassList } from './class-list.ts'
export type { ClassMember } from './enrollments.pages.ts'
export { createEnrollmentsRepository } from './enrollments.repository.ts'
export { createEnrollmentsService, type EnrollmentsService, type JudgedLine } from './enrollments.service.ts'
