/** The parts of src, each with where it may look: itself and what stands below it. A group in one line does not know each other. */
export const layers: readonly (readonly string[])[] = [
  ['cli'],
  ['demo'],
  ['server.ts'],
  ['app.ts'],
  ['lab-app.ts'],
  ['pages.ts'],
  ['services.ts', 'connect-proxmox.ts'],
  ['classroom', 'statistics', 'exams'],
  ['submissions'],
  ['enrollments', 'terminals', 'screens', 'lab-hosts', 'captures'],
  ['lab-guard'],
  ['work-vms'],
  ['evaluations'],
  ['exercises'],
  ['vms'],
  ['courses'],
  ['auth'],
  ['users'],
  ['jobs'],
  ['alerts'],
  ['http'],
  ['clients/proxmox', 'clients/gns3', 'clients/console', 'clients/vnc', 'clients/ldap', 'clients/netpraxis', 'evaluation'],
  ['db', 'log.ts', 'keys.ts', 'strings'],
  ['config.ts'],
  ['errors.ts'],
  ['lib'],
]

/** The sandbox is a process of its own: it shares nothing with the application but small helpers. */
export const apart = { sandbox: ['lib'] } as const

/** Folders that another part enters by their index.ts alone. */
export const domains = [
  ...[
    'classroom',
    'statistics',
    'exams',
    'submissions',
    'enrollments',
    'terminals',
    'screens',
    'lab-hosts',
    'captures',
    'lab-guard',
    'work-vms',
    'evaluations',
    'exercises',
    'vms',
    'courses',
  ],
  ...['auth', 'users', 'jobs', 'alerts'],
  ...['clients/proxmox', 'clients/gns3', 'clients/console', 'clients/vnc', 'clients/ldap', 'clients/netpraxis', 'evaluation', 'sandbox'],
] as const

/** The part of src that a file belongs to. */
export function areaOf(path: string): string {
  const [, first = '', second = ''] = path.split('/')
  return first === 'clients' ? `${first}/${second}` : first
}

export const levelOf = (area: string): number => layers.findIndex((layer) => layer.includes(area))
