import type { enrollment as original } from '../en/enrollment.ts'
import type { Translated } from '../translated.ts'

export const enrollment: Translated<typeof original> = {
  problems: {
    'no-username': 'Esta linha não tem nome de utilizador.',
    'bad-username': 'Isto não pode ser um nome de utilizador: só letras, algarismos, ponto, hífen, traço inferior e @.',
    duplicate: 'Este nome já está na lista.',
    'bad-email': 'Isto não é um endereço de correio eletrónico.',
    columns: 'Há mais colunas do que as que o cabeçalho nomeia.',
    'not-in-directory': 'O diretório não conhece este nome.',
  },
}
