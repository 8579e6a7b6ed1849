export { type Audit, type AuditEntry, createAuditRepository } from './audit.repository.ts'
export { minimumPasswordLength } from './passwords.ts'
export { createUsersRepository, type UserRow } from './users.repository.ts'
export { createUsersService, type DirectoryPerson, isUsername, type NewAccount, type UsersService } from './users.service.ts'
