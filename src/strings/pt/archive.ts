import type { archive as original } from '../en/archive.ts'
import type { Translated } from '../translated.ts'

export const archive: Translated<typeof original> = {
  NOT_A_ZIP:
    'o ficheiro não é um arquivo de projeto GNS3 (ou está incompleto). Exporte de novo o projeto no GNS3 e envie o ficheiro .gns3project.',
  TOO_MANY_ENTRIES: 'o arquivo tem {count} entradas; são permitidas no máximo {limit}.',
  TOO_LARGE: 'descomprimido, o arquivo ocuparia {size} MB; são permitidos no máximo {limit} MB.',
  COMPRESSED_TOO_WELL: 'descomprimido, o arquivo cresce {ratio} vezes, o que não acontece com nenhum projeto GNS3.',
  NAME_OUTSIDE: 'o nome da entrada "{entry}" leva para fora da pasta do projeto.',
  NAME_AMBIGUOUS: 'a entrada "{entry}" tem dois nomes diferentes.',
  NAME_TWICE: 'a entrada "{entry}" aparece duas vezes.',
  SYMLINK: 'a entrada "{entry}" é uma ligação simbólica.',
  SPECIAL_FILE: 'a entrada "{entry}" não é um ficheiro nem uma pasta.',
  ENCRYPTED: 'a entrada "{entry}" está cifrada.',
  COMPRESSION: 'a entrada "{entry}" está comprimida com {method}. Exporte de novo o projeto com a compressão "zip".',
  ENTRY_BROKEN: 'não é possível ler a entrada "{entry}": {problem}.',
  NO_PROJECT: 'não contém project.gns3. Exporte o projeto no GNS3 ("Export portable project") e envie esse ficheiro.',
  PROJECT_TOO_LARGE: 'project.gns3 tem {size} bytes; são permitidos no máximo {limit}.',
  PROJECT_TOO_DEEP: 'project.gns3 tem mais de {limit} níveis encaixados.',
  PROJECT_NO_JSON: 'project.gns3 não é JSON.',
  PROJECT_SHAPE: 'project.gns3 não é uma topologia GNS3: {field}: {problem}.',
  REVISION: 'project.gns3 tem a revisão de ficheiro {revision}; são conhecidas de {from} a {to}.',
  TOO_MANY_DEVICES: 'o projeto tem {count} dispositivos; são permitidos no máximo {limit}.',
  TOO_MANY_LINKS: 'o projeto tem {count} ligações; são permitidas no máximo {limit}.',
  DEVICE_TWICE: 'dois dispositivos chamam-se "{device}". Dê a cada um o seu nome: as verificações encontram os dispositivos pelo nome.',
  LINK_DANGLING: 'uma ligação termina no dispositivo {device}, que não está no projeto.',
  LINK_ENDS: 'a ligação {link} tem {count} extremos em vez de dois.',
}
