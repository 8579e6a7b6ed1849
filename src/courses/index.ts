export { type CourseExercise, courseHead, groupsOf } from './courses.pages.ts'
export { type CourseRow, createCoursesRepository, type MemberRole } from './courses.repository.ts'
export { type CourseRight, type CoursesService, createCoursesService, everybody, type StudentScope } from './courses.service.ts'
