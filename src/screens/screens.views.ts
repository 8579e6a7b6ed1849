import type { FormView } from '../http/page-context.ts'

interface Machine {
  readonly labId: string
  /** Whose lab it is. */
  readonly name: string
  readonly vmid: number | null
  readonly exercise: { readonly id: string; readonly title: string }
}

/** Model of `screens/ask.njk`: why somebody opens the console of a work VM. */
export interface ConsoleQuestionPage extends Machine {
  readonly form: FormView
}

/** Model of `screens/machine.njk`: the console of a work VM, as Proxmox gives it. */
export interface MachineConsolePage extends Machine {
  readonly reason: string
}

declare module '../http/page-context.ts' {
  interface PageModels {
    'screens/ask.njk': ConsoleQuestionPage
    'screens/machine.njk': MachineConsolePage
  }
}
