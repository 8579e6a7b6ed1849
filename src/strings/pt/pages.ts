import { forms } from './checks/index.ts'
import { admin } from './pages/admin.ts'
import { captures } from './pages/captures.ts'
import { classroom } from './pages/classroom.ts'
import { common } from './pages/common.ts'
import { exams } from './pages/exams.ts'
import { labHosts } from './pages/lab-hosts.ts'
import { problems } from './pages/problems.ts'
import { rules } from './pages/rules.ts'
import { statistics } from './pages/statistics.ts'
import { student } from './pages/student.ts'
import { submissions } from './pages/submissions.ts'
import { teacher } from './pages/teacher.ts'
import { terminals } from './pages/terminals.ts'

export const pages = {
  ...common,
  ...student,
  ...submissions,
  ...teacher,
  ...classroom,
  ...statistics,
  ...admin,
  ...terminals,
  ...labHosts,
  ...captures,
  modules: forms,
  problems,
  rules,
  exams,
}
