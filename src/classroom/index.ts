export { stuckAfterMs } from './board.ts'
export { createClassroomRepository } from './classroom.repository.ts'
export { type ClassroomService, createClassroomService } from './classroom.service.ts'
export { readBoard } from './read-board.ts'
