{{/* What every name begins with; the longest that follows has 19 characters, and 63 are allowed. */}}
{{- define "guichet.name" -}}
{{- $name := .Release.Name }}
{{- if not (contains "guichet" $name) }}{{ $name = printf "%s-guichet" $name }}{{ end }}
{{- $name | trunc 40 | trimSuffix "-" }}
{{- end }}

{{/* Of `root`, and where they are given of `service` and `component` (a role, or what a job does). */}}
{{- define "guichet.selector" -}}
app.kubernetes.io/name: guichet
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- with .service }}
guichet/service: {{ . }}
{{- end }}
{{- with .component }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- end }}

{{- define "guichet.labels" -}}
{{ include "guichet.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end }}

{{/* What must be there before the first pod of a new version: jobs, and what they need. The lighter comes first. */}}
{{- define "guichet.hook" -}}
helm.sh/hook: pre-install,pre-upgrade
helm.sh/hook-weight: {{ . | quote }}
helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
{{- end }}
