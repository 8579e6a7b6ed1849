import { z } from 'zod'

/**
 * Schema of `inventory/platforms/<id>.yaml`: what is known of a vendor's console, as data. Files are snake_case, code is camelCase.
 * Patterns are JavaScript regular expressions (flag `u`) and are tested against the text of one rendered line up to the cursor.
 */
const pattern = z
  .string()
  .min(1)
  .transform((source, context) => {
    try {
      return new RegExp(source, 'u')
    } catch (error) {
      context.addIssue({ code: 'custom', message: 'inventory.regex', params: { problem: String(error) } })
      return z.NEVER
    }
  })

const examples = { matches: z.array(z.string()).min(1), rejects: z.array(z.string()).min(1) }
const ms = z.int().positive()

const mode = z.strictObject({
  prompt: pattern,
  ...examples,
  /** Put before a command of the default mode, it is answered here too (`do `, `run `): the mode need not be left. */
  asks: z.string().optional(),
})

const transition = z.strictObject({
  from: z.string(),
  to: z.string(),
  /** Sent as one line. */
  send: z.string(),
  /** Secret that the device may ask for after it. */
  asks: z.enum(['enable_password', 'password']).optional(),
})

const reaction = z.strictObject({ pattern, send: z.string(), ...examples })

const login = z.strictObject({
  username: z.strictObject({ pattern, ...examples }),
  password: z.strictObject({ pattern, ...examples }),
  refused: z.strictObject({ pattern, ...examples }),
  /** Sent at the end when the session had to log in. */
  logout: z.string(),
})

const proofLevels = ['device', 'transcript', 'documented'] as const

export const platformFileSchema = z
  .strictObject({
    platform: z.string().regex(/^[a-z][a-z0-9_]*$/),
    title: z.string(),
    /** How its facts were proven: on a running device, on a named public transcript, or by documentation only. */
    proven: z.enum(proofLevels),
    sources: z.array(z.string()).min(1),
    aliases: z.strictObject({ netmiko: z.array(z.string()).default([]), napalm: z.array(z.string()).default([]) }),
    default_mode: z.string(),
    /** In order: the first whose prompt matches wins. */
    modes: z.record(z.string(), mode),
    /** Modes that count as configuration modes in the notes. */
    configuration_modes: z.array(z.string()).default([]),
    transitions: z.array(transition).default([]),
    /** Sent once per session in the default mode; refused ones are ignored (`% Unknown command` for a width is no error of the lab). */
    prepare: z.array(z.string()).default([]),
    pagers: z.array(reaction).default([]),
    dialogs: z.array(reaction).default([]),
    login: login.optional(),
    /** Lines that a device says by itself. */
    noise: z.array(z.strictObject({ pattern, ...examples })).default([]),
    /**
     * Log lines from their first character to the mark that makes them one: left out of answers to anything but a question for logs. No
     * line of a configuration or a table may begin so, or a student could hide it.
     */
    log_lines: z.array(z.strictObject({ pattern, ...examples })).default([]),
    /** Lines that belong to the prompt and stand above it (`[edit]`): left out where an answer ends. */
    above_prompt: z.array(z.strictObject({ pattern, ...examples })).default([]),
    /** An answer with such a line was refused by the device. */
    errors: z.array(z.strictObject({ pattern, ...examples })).default([]),
    keys: z.strictObject({
      /** Ends a running command; tried in order. */
      interrupt: z.array(z.string()).min(1),
      /** Removes a half-typed line without running it. */
      clear_line: z.string(),
      /** An empty line: what a device at its prompt answers by the prompt alone. */
      confirm: z.string().default('\r'),
      /** The device echoes blanks and ignores them: a number of them that nobody can know stands before the empty line. */
      confirm_blanks: z.boolean().default(false),
      /** Put before a question, it keeps an alias of the command's name from being run in its place. */
      unaliased: z.string().default(''),
      /** Shows the current line again, so that a question is seen before an empty line would answer it. */
      redraw: z.string().optional(),
    }),
    save: z.strictObject({ command: z.string(), expect: pattern.optional() }).optional(),
    /** Over SSH: also offer the key exchanges, ciphers and host keys that devices of before 2015 know. */
    ssh: z.strictObject({ legacy_key_exchange: z.boolean().default(false) }).prefault({}),
    /** `posix`: asked in a clean child shell with a marker. */
    shell: z.literal('posix').optional(),
    timing: z
      .strictObject({
        ready_ms: ms.default(60_000),
        command_ms: ms.default(20_000),
        /** Silence that ends the reading of what was printed before we came. */
        quiet_ms: ms.default(150),
        /** Least time between a prompt and the command after it (VPCS loses what follows too quickly). */
        before_command_ms: z.int().nonnegative().default(0),
        /** Wait for a prompt after a wake-up CR. */
        wake_ms: ms.default(2_000),
      })
      .prefault({}),
  })
  .superRefine((file, context) => {
    const known = new Set(Object.keys(file.modes))
    const check = (name: string, path: (string | number)[]) => {
      if (!known.has(name)) context.addIssue({ code: 'custom', path, message: 'inventory.noMode', params: { name } })
    }
    check(file.default_mode, ['default_mode'])
    for (const [index, name] of file.configuration_modes.entries()) check(name, ['configuration_modes', index])
    for (const [index, step] of file.transitions.entries()) {
      check(step.from, ['transitions', index, 'from'])
      check(step.to, ['transitions', index, 'to'])
    }
  })

/** One platform as the console and the evaluator use it. */
export const platformSchema = platformFileSchema.transform((file) => ({
  id: file.platform,
  title: file.title,
  proven: file.proven,
  sources: file.sources,
  aliases: file.aliases,
  defaultMode: file.default_mode,
  modes: Object.entries(file.modes).map(([name, value]) => ({ name, ...value })),
  configurationModes: file.configuration_modes,
  transitions: file.transitions.map(({ asks, ...step }) => ({ ...step, secret: asks })),
  prepare: file.prepare,
  pagers: file.pagers,
  dialogs: file.dialogs,
  login: file.login,
  noise: file.noise,
  logLines: file.log_lines,
  abovePrompt: file.above_prompt,
  errors: file.errors,
  keys: {
    ...{ interrupt: file.keys.interrupt, clearLine: file.keys.clear_line, redraw: file.keys.redraw },
    ...{ confirm: file.keys.confirm, confirmBlanks: file.keys.confirm_blanks, unaliased: file.keys.unaliased },
  },
  save: file.save,
  ssh: { legacyKeyExchange: file.ssh.legacy_key_exchange },
  shell: file.shell,
  timing: {
    readyMs: file.timing.ready_ms,
    commandMs: file.timing.command_ms,
    quietMs: file.timing.quiet_ms,
    beforeCommandMs: file.timing.before_command_ms,
    wakeMs: file.timing.wake_ms,
  },
}))

export type PlatformDefinition = z.output<typeof platformSchema>
export type PlatformMode = PlatformDefinition['modes'][number]
export type PlatformTransition = PlatformDefinition['transitions'][number]
