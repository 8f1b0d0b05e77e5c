{{- define "guichet.image" -}}
{{- with .Values.image }}
{{- if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end }}
{{- end }}

{{/* Of every pod: the restricted profile of the Pod Security Standards, and no access to the cluster's API.
     Without service links: they are variables that begin with GUICHET_, which are taken for settings that do not exist. */}}
{{- define "guichet.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "guichet.container" -}}
image: {{ include "guichet.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end }}

{{/* Of `root`: the brokers for `user`, whose password is in the folder `secrets`. */}}
{{- define "guichet.kafka.env" -}}
{{- with .root.Values.kafka }}
- {name: GUICHET_KAFKA_SERVERS, value: {{ .servers | quote }}}
- {name: GUICHET_KAFKA_USERNAME, value: {{ index .users $.user | quote }}}
- {name: GUICHET_KAFKA_PASSWORD_FILE, value: /secrets/{{ $.user }}/kafka-password}
{{- with .prefix }}
- {name: GUICHET_KAFKA_PREFIX, value: {{ . | quote }}}
{{- end }}
{{- if .ca.configMap }}
- {name: GUICHET_KAFKA_CA, value: /trust/kafka/ca.crt}
{{- end }}
{{- end }}
{{- end }}

{{/* Of `root`: the settings of `service`, as docs/settings.md has them. Ports and addresses are the image's. */}}
{{- define "guichet.env" -}}
- {name: GUICHET_DATABASE_URL_FILE, value: /secrets/{{ .service }}/database-url}
{{ include "guichet.kafka.env" (dict "root" .root "user" .service) }}
- {name: GUICHET_SEAL_KEYS_FILE, value: /secrets/{{ eq .service "notifier" | ternary "notifier" "public" }}/seal-keys.json}
- {name: GUICHET_TOKEN_KEYS_FILE, value: /secrets/{{ eq .service "auth" | ternary "auth" "public" }}/token-keys.json}
{{- if eq .service "notifier" }}
- {name: GUICHET_SMTP_URL_FILE, value: /secrets/notifier/smtp-url}
{{- end }}
{{- with .root.Values }}
- {name: GUICHET_PORTALS, value: {{ empty .portals.files | ternary .portals.path "/portals" | quote }}}
- {name: GUICHET_DESK_HOST, value: {{ .hosts.desk | quote }}}
{{- range $name, $value := .settings.all }}
- {name: {{ $name }}, value: {{ $value | quote }}}
{{- end }}
{{- range $name, $value := index .settings $.service }}
- {name: {{ $name }}, value: {{ $value | quote }}}
{{- end }}
{{- with .timeZone }}
- {name: TZ, value: {{ . | quote }}}
{{- end }}
{{- with .tracing.endpoint }}
- {name: OTEL_EXPORTER_OTLP_ENDPOINT, value: {{ . | quote }}}
{{- end }}
{{- end }}
{{- end }}

{{/* Of `root`: what pods of `service` mount. Secrets as folders, so that a key put there later is seen without a restart. */}}
{{- define "guichet.volumes" -}}
{{- with .root.Values }}
- name: own
  secret: {secretName: {{ index .existingSecrets $.service }}, defaultMode: 288} # 0440
- name: public
  secret: {secretName: {{ .existingSecrets.public }}, defaultMode: 288}
{{- with .kafka.ca }}
{{- if .configMap }}
- name: kafka-ca
  configMap: {name: {{ .configMap }}, items: [{key: {{ .key | quote }}, path: ca.crt}]}
{{- end }}
{{- end }}
{{- with .postgresql.ca }}
{{- if .configMap }}
- name: postgresql-ca
  configMap: {name: {{ .configMap }}, items: [{key: {{ .key | quote }}, path: ca.crt}]}
{{- end }}
{{- end }}
{{- if .portals.files }}
- name: portals
  configMap:
    name: {{ include "guichet.name" $.root }}-portals
    items:
      {{- range $path, $_ := .portals.files }}
      - {key: {{ $path | replace "/" ".." | quote }}, path: {{ $path | quote }}}
      {{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "guichet.mounts" -}}
{{- with .root.Values }}
- {name: own, mountPath: /secrets/{{ $.service }}, readOnly: true}
- {name: public, mountPath: /secrets/public, readOnly: true}
{{- if .kafka.ca.configMap }}
- {name: kafka-ca, mountPath: /trust/kafka, readOnly: true}
{{- end }}
{{- if .postgresql.ca.configMap }}
- {name: postgresql-ca, mountPath: /trust/postgresql, readOnly: true}
{{- end }}
{{- if .portals.files }}
- {name: portals, mountPath: /portals, readOnly: true}
{{- end }}
{{- end }}
{{- end }}
