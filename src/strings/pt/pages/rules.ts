import type { rules as original } from '../../en/pages/rules.ts'
import type { Translated } from '../../translated.ts'

export const rules: Translated<typeof original> = {
  heading: 'Regras',
  fields: {
    opensAt: 'Abre',
    dueAt: 'Prazo',
    closesAt: 'Fecha',
    attempts: 'Submissões permitidas',
    refillMinutes: 'Mais uma a cada, em minutos',
    results: 'Resultados',
  },
  hints: {
    opensAt: 'Antes disso ninguém vê o que há para fazer. Hora em {zone}',
    dueAt: 'O trabalho posterior é aceite e marcado como atrasado. Hora em {zone}',
    closesAt: 'Depois disso já nada é aceite. Hora em {zone}',
    attempts: 'Vazio: tantas quantas quiserem',
    refillMinutes: 'Vazio: o que se usou fica usado',
  },
  results: { 'at-once': 'mostrados de imediato', withheld: 'retidos até os divulgar' },
  save: 'Guardar as regras',
  saved: 'Regras de {title}',
  intro: 'As regras alteradas valem a partir de agora; o que foi submetido antes mantém a sua hora. A VM modelo não é construída de novo.',
  release: 'Divulgar os resultados',
  releaseText: 'Os estudantes ainda não veem pontos, veredictos nem comentários. Uma vez divulgados, cada um vê logo os seus.',
  released: 'Os resultados foram divulgados',
  allowances: 'Tempo extra e submissões extra',
  allowancesText: 'O tempo extra desloca o prazo e o fecho só para este estudante.',
  allowancesCaption: 'Estudantes com tempo extra ou submissões extra',
  noAllowances: 'Ninguém tem tempo extra ou submissões extra.',
  student: 'Estudante',
  extraMinutes: 'Tempo extra, em minutos',
  extraAttempts: 'Submissões extra',
  ends: 'Fecha para este estudante',
  allow: 'Dar',
  takeAway: 'Retirar',
  nobodyEnrolled: 'Inscreva primeiro estudantes.',
}
