/** Palavras à volta da interface web do próprio GNS3. */
export const labHosts = {
  labHosts: {
    language: 'pt',
    title: 'GNS3 de um laboratório',
    open: 'Abrir o GNS3',
    openHelp: 'O desenho e as consolas do próprio GNS3, numa janela à parte',
    notOffered: 'A interface própria do GNS3 não está disponível aqui; use o desenho e os terminais abaixo.',
    back: 'Voltar ao NetPraxis',
    frozen: 'Em verificação: pode ver, mas por agora nada pode ser alterado.',
    gone: 'Este laboratório foi desligado, ou a sua sessão terminou. Volte a abrir o GNS3 a partir do NetPraxis.',
    watch: 'Está a ver o laboratório de {name}. Motivo: {reason}. Não pode alterar nada.',
  },
}
