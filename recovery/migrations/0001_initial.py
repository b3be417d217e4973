import django.db.models.deletion
import recovery.models.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Service",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", recovery.models.fields.NameField(max_length=200)),
                ("environment", models.CharField(default="production", max_length=50)),
                ("created_at", models.DateTimeField()),
                ("revision", models.BigIntegerField(default=0)),
            ],
            options={
                "ordering": ["name", "environment"],
                "constraints": [models.UniqueConstraint(fields=("name", "environment"), name="service_once")],
            },
        ),
        migrations.CreateModel(
            name="Job",
            fields=[
                ("name", models.CharField(max_length=50, primary_key=True, serialize=False)),
                ("owner", models.CharField(blank=True, max_length=100)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("due_at", models.DateTimeField()),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("lag_ms", models.IntegerField(default=0)),
                ("failures", models.IntegerField(default=0)),
                ("last_error", models.TextField(blank=True)),
                ("cursor", models.JSONField(blank=True, default=dict)),
            ],
        ),
        migrations.CreateModel(
            name="Outbox",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("payload", models.JSONField()),
                ("created_at", models.DateTimeField()),
                ("next_try_at", models.DateTimeField(db_index=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("last_error", models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name="DirtyMinute",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.BigIntegerField(unique=True)),
            ],
        ),
        migrations.CreateModel(
            name="Throttle",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=80, unique=True)),
                ("count", models.PositiveIntegerField(default=0)),
                ("told", models.PositiveIntegerField(default=0)),
                ("last_at", models.DateTimeField()),
                ("until", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["last_at"], name="throttle_last")],
            },
        ),
        migrations.CreateModel(
            name="Token",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="tokens", to="recovery.service"
                    ),
                ),
                ("label", models.CharField(blank=True, max_length=100)),
                ("prefix", models.CharField(max_length=12)),
                ("digest", models.CharField(max_length=64, unique=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-created_at"],
            },
        ),
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=100)),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("act", models.CharField(max_length=50)),
                ("target", models.CharField(blank=True, max_length=200)),
                (
                    "service",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="recovery.service",
                    ),
                ),
                ("scope", models.JSONField(blank=True, default=dict)),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("before", models.JSONField(blank=True, null=True)),
                ("after", models.JSONField(blank=True, null=True)),
                ("revision", models.BigIntegerField(blank=True, null=True)),
                ("refused", models.BooleanField(default=False)),
                ("request_id", models.CharField(blank=True, max_length=64)),
                ("origin", models.CharField(blank=True, max_length=64)),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="children",
                        to="recovery.auditentry",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "audit entries",
                "ordering": ["-at", "-id"],
                "indexes": [
                    models.Index(fields=["-at"], name="audit_at"),
                    models.Index(fields=["service", "-at"], name="audit_service"),
                    models.Index(fields=["actor", "-at"], name="audit_actor"),
                    models.Index(fields=["act", "-at"], name="audit_act"),
                    models.Index(fields=["target", "-at"], name="audit_target"),
                    models.Index(condition=models.Q(("refused", True)), fields=["-at"], name="audit_refused"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Process",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="processes", to="recovery.service"
                    ),
                ),
                ("uid", models.CharField(max_length=200)),
                ("host", models.CharField(max_length=200)),
                ("pid", models.BigIntegerField(default=0)),
                ("version", models.CharField(blank=True, max_length=100)),
                ("engine_version", models.CharField(blank=True, max_length=50)),
                ("labels", models.JSONField(blank=True, default=dict)),
                ("capabilities", models.JSONField(blank=True, default=list)),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("first_seen_at", models.DateTimeField()),
                ("heard_at", models.DateTimeField()),
                ("left_at", models.DateTimeField(blank=True, null=True)),
                ("clock_offset_ms", models.IntegerField(default=0)),
                ("last_slot", models.BigIntegerField(default=0)),
                ("last_seq", models.BigIntegerField(default=0)),
                ("kept_seqs", models.JSONField(blank=True, default=list)),
                ("applied_revision", models.BigIntegerField(default=0)),
                ("client", models.JSONField(blank=True, default=dict)),
            ],
            options={
                "ordering": ["host", "pid"],
                "indexes": [models.Index(fields=["service", "heard_at"], name="process_heard")],
                "constraints": [models.UniqueConstraint(fields=("service", "uid"), name="process_once")],
            },
        ),
        migrations.CreateModel(
            name="Breaker",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="breakers", to="recovery.service"
                    ),
                ),
                ("name", recovery.models.fields.NameField(max_length=200)),
                (
                    "state",
                    recovery.models.fields.StateField(
                        blank=True,
                        choices=[
                            ("CLOSED", "Closed"),
                            ("OPEN", "Open"),
                            ("HALF-OPEN", "Half-open"),
                            ("FORCED-OPEN", "Forced-open"),
                            ("DISABLED", "Disabled"),
                            ("METRICS-ONLY", "Metrics-only"),
                        ],
                        max_length=12,
                    ),
                ),
                ("since", models.DateTimeField(blank=True, null=True)),
                ("cause", models.CharField(blank=True, max_length=500)),
                ("last_failure_type", models.CharField(blank=True, max_length=200)),
                ("last_failure_text", models.CharField(blank=True, max_length=500)),
                ("last_failure_at", models.DateTimeField(blank=True, null=True)),
                ("code_config", models.JSONField(blank=True, default=dict)),
                ("locked", models.BooleanField(default=False)),
                ("doubled", models.BooleanField(default=False)),
                ("first_seen_at", models.DateTimeField()),
                ("revision", models.BigIntegerField(default=0)),
            ],
            options={
                "ordering": ["service", "name"],
                "indexes": [
                    models.Index(fields=["state"], name="breaker_state"),
                    models.Index(fields=["service", "state"], name="breaker_service_state"),
                ],
                "constraints": [models.UniqueConstraint(fields=("service", "name"), name="breaker_once")],
            },
        ),
        migrations.CreateModel(
            name="Operation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="operations", to="recovery.service"
                    ),
                ),
                ("name", recovery.models.fields.NameField(max_length=200)),
                ("code_config", models.JSONField(blank=True, default=dict)),
                ("locked", models.BooleanField(default=False)),
                ("first_seen_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["service", "name"],
                "constraints": [models.UniqueConstraint(fields=("service", "name"), name="operation_once")],
            },
        ),
        migrations.CreateModel(
            name="Hold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="holds", to="recovery.service"
                    ),
                ),
                ("breaker", recovery.models.fields.NameField(max_length=200)),
                ("kind", models.CharField(max_length=12)),
                ("scope", models.JSONField(blank=True, default=dict)),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("actor", models.CharField(max_length=100)),
                ("revision", models.BigIntegerField()),
                ("created_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-revision"],
                "indexes": [
                    models.Index(fields=["service", "breaker"], name="hold_breaker"),
                    models.Index(fields=["ended_at", "ends_at"], name="hold_due"),
                ],
                "constraints": [models.UniqueConstraint(fields=("service", "revision"), name="hold_revision_once")],
            },
        ),
        migrations.CreateModel(
            name="Command",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="commands", to="recovery.service"
                    ),
                ),
                ("verb", models.CharField(max_length=12)),
                ("target", models.CharField(blank=True, max_length=200)),
                ("scope", models.JSONField(blank=True, default=dict)),
                ("arguments", models.JSONField(blank=True, default=dict)),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("actor", models.CharField(max_length=100)),
                ("revision", models.BigIntegerField()),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["-revision"],
                "indexes": [models.Index(fields=["service", "expires_at"], name="command_due")],
                "constraints": [models.UniqueConstraint(fields=("service", "revision"), name="command_revision_once")],
            },
        ),
        migrations.CreateModel(
            name="ErrorGroup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="errors", to="recovery.service"
                    ),
                ),
                ("fingerprint", models.CharField(max_length=64)),
                ("exception_type", models.CharField(max_length=200)),
                ("title", models.CharField(max_length=500)),
                ("category", models.CharField(max_length=12)),
                ("reason", models.CharField(max_length=30)),
                ("severity", models.CharField(max_length=10)),
                ("operation", models.CharField(blank=True, max_length=200)),
                ("breaker", models.CharField(blank=True, max_length=200)),
                ("suggestions", models.JSONField(blank=True, default=list)),
                ("count", models.BigIntegerField(default=0)),
                ("retried", models.BigIntegerField(default=0)),
                ("first_seen_at", models.DateTimeField()),
                ("last_seen_at", models.DateTimeField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("new", "New"),
                            ("seen", "Seen"),
                            ("regressed", "Regressed"),
                            ("muted", "Muted"),
                            ("resolved", "Resolved"),
                        ],
                        default="new",
                        max_length=10,
                    ),
                ),
                ("resolved_at", models.DateTimeField(blank=True, null=True)),
                ("muted_until", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-last_seen_at"],
                "indexes": [
                    models.Index(fields=["status", "-last_seen_at"], name="error_status"),
                    models.Index(fields=["-last_seen_at"], name="error_seen"),
                ],
                "constraints": [models.UniqueConstraint(fields=("service", "fingerprint"), name="error_once")],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="membership",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[("viewer", "Viewer"), ("operator", "Operator"), ("admin", "Admin")], max_length=16
                    ),
                ),
                ("since", models.DateTimeField(auto_now_add=True)),
                ("everywhere", models.BooleanField(default=True)),
                ("revision", models.PositiveIntegerField(default=1)),
                ("services", models.ManyToManyField(blank=True, related_name="granted_to", to="recovery.service")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ["viewer", "operator", "admin"])), name="membership_role_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("everywhere", True), models.Q(("role", "admin"), _negated=True), _connector="OR"
                        ),
                        name="membership_admin_everywhere",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OneTimeLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64, unique=True)),
                (
                    "role",
                    models.CharField(
                        blank=True,
                        choices=[("viewer", "Viewer"), ("operator", "Operator"), ("admin", "Admin")],
                        max_length=16,
                    ),
                ),
                ("everywhere", models.BooleanField(default=True)),
                ("note", models.CharField(blank=True, max_length=100)),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="one_time_links",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                ("services", models.ManyToManyField(blank=True, related_name="+", to="recovery.service")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("everywhere", True), models.Q(("role", "admin"), _negated=True), _connector="OR"
                        ),
                        name="link_admin_everywhere",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Rollout",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rollouts", to="recovery.service"
                    ),
                ),
                ("kind", models.CharField(max_length=12)),
                ("target", recovery.models.fields.NameField(max_length=200)),
                ("fields", models.JSONField(blank=True, null=True)),
                ("base", models.JSONField(blank=True, null=True)),
                ("stages", models.JSONField()),
                ("stage", models.PositiveSmallIntegerField(default=0)),
                ("stage_since", models.DateTimeField()),
                ("guardrail", models.JSONField(default=dict)),
                ("verdict", models.JSONField(blank=True, null=True)),
                ("measured", models.JSONField(blank=True, default=dict)),
                ("state", models.CharField(default="running", max_length=12)),
                ("reason", models.CharField(max_length=500)),
                ("actor", models.CharField(max_length=100)),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-created_at", "-id"],
                "indexes": [models.Index(fields=["state"], name="rollout_state")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "running")),
                        fields=("service", "kind", "target"),
                        name="rollout_one_runs",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LinkInterval",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "process",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="links", to="recovery.process"
                    ),
                ),
                ("began_at", models.DateTimeField()),
                ("heard_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("ending", models.CharField(blank=True, max_length=20)),
            ],
            options={
                "ordering": ["-began_at"],
                "indexes": [
                    models.Index(fields=["process", "-began_at"], name="link_process"),
                    models.Index(fields=["ended_at"], name="link_ended"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Confirmation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "process",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="confirmations", to="recovery.process"
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="recovery.service"
                    ),
                ),
                ("revision", models.BigIntegerField()),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("applied", models.BooleanField(null=True)),
                ("why", models.CharField(blank=True, max_length=500)),
                ("at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["service", "revision"], name="confirmation_revision")],
                "constraints": [models.UniqueConstraint(fields=("process", "revision"), name="confirmation_once")],
            },
        ),
        migrations.CreateModel(
            name="Keyframe",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "process",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="keyframes", to="recovery.process"
                    ),
                ),
                ("own_slot", models.BigIntegerField()),
                ("slot", models.BigIntegerField()),
                ("blob", models.BinaryField()),
            ],
            options={
                "indexes": [models.Index(fields=["slot"], name="keyframe_slot")],
                "constraints": [models.UniqueConstraint(fields=("process", "own_slot"), name="keyframe_once")],
            },
        ),
        migrations.CreateModel(
            name="LogRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="recovery.service"
                    ),
                ),
                (
                    "process",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="recovery.process"
                    ),
                ),
                ("seq", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("level", models.SmallIntegerField()),
                ("logger", models.CharField(max_length=200)),
                ("operation", models.CharField(blank=True, max_length=200)),
                ("text", models.TextField()),
                ("extra", models.JSONField(blank=True, default=dict)),
            ],
            options={
                "ordering": ["-at", "-id"],
                "indexes": [
                    models.Index(fields=["-at"], name="log_at"),
                    models.Index(fields=["service", "-at"], name="log_service"),
                ],
                "constraints": [models.UniqueConstraint(fields=("process", "seq"), name="log_once")],
            },
        ),
        migrations.CreateModel(
            name="Slice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "process",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="slices", to="recovery.process"
                    ),
                ),
                ("own_slot", models.BigIntegerField()),
                ("slot", models.BigIntegerField()),
                ("width", models.SmallIntegerField(default=1)),
                ("received_at", models.DateTimeField()),
                ("lost", models.IntegerField(default=0)),
                ("blob", models.BinaryField()),
            ],
            options={
                "indexes": [models.Index(fields=["slot"], name="slice_slot")],
                "constraints": [models.UniqueConstraint(fields=("process", "own_slot"), name="slice_once")],
            },
        ),
        migrations.CreateModel(
            name="BreakerNow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "process",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="breakers_now", to="recovery.process"
                    ),
                ),
                (
                    "breaker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="now", to="recovery.breaker"
                    ),
                ),
                (
                    "state",
                    recovery.models.fields.StateField(
                        blank=True,
                        choices=[
                            ("CLOSED", "Closed"),
                            ("OPEN", "Open"),
                            ("HALF-OPEN", "Half-open"),
                            ("FORCED-OPEN", "Forced-open"),
                            ("DISABLED", "Disabled"),
                            ("METRICS-ONLY", "Metrics-only"),
                        ],
                        max_length=12,
                    ),
                ),
                ("since", models.DateTimeField(blank=True, null=True)),
                ("cause", models.CharField(blank=True, max_length=500)),
                ("sequence", models.BigIntegerField(default=0)),
                ("probe_at", models.DateTimeField(blank=True, null=True)),
                ("hold", models.JSONField(blank=True, null=True)),
                ("config", models.JSONField(blank=True, default=dict)),
                ("config_source", models.CharField(blank=True, max_length=20)),
                ("policy_revision", models.BigIntegerField(blank=True, null=True)),
                ("labels", models.JSONField(blank=True, default=dict)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("process", "breaker"), name="breaker_now_once")],
            },
        ),
        migrations.CreateModel(
            name="Check",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="checks", to="recovery.service"
                    ),
                ),
                ("name", recovery.models.fields.NameField(max_length=200)),
                ("kind", models.CharField(choices=[("http", "Http"), ("tcp", "Tcp")], default="http", max_length=10)),
                ("target", models.CharField(max_length=500)),
                ("interval", models.PositiveIntegerField(default=30)),
                ("timeout", models.FloatField(default=5.0)),
                ("healthy_after", models.PositiveSmallIntegerField(default=3)),
                (
                    "act",
                    models.CharField(
                        choices=[("reset", "Reset"), ("probe", "Probe"), ("suggest", "Suggest")],
                        default="reset",
                        max_length=10,
                    ),
                ),
                ("enabled", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField()),
                ("revision", models.BigIntegerField(default=1)),
                ("healthy", models.BooleanField(null=True)),
                ("streak", models.PositiveIntegerField(default=0)),
                ("since", models.DateTimeField(blank=True, null=True)),
                ("acted_at", models.DateTimeField(blank=True, null=True)),
                ("last_text", models.CharField(blank=True, max_length=500)),
                ("last_run_at", models.DateTimeField(blank=True, null=True)),
                ("next_run_at", models.DateTimeField(db_index=True)),
                ("run", models.UUIDField(blank=True, null=True)),
                ("owner", models.CharField(blank=True, max_length=100)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("breakers", models.ManyToManyField(blank=True, related_name="checks", to="recovery.breaker")),
            ],
            options={
                "ordering": ["service", "name"],
                "constraints": [models.UniqueConstraint(fields=("service", "name"), name="check_once")],
            },
        ),
        migrations.CreateModel(
            name="BreakerTen",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "breaker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="recovery.breaker"
                    ),
                ),
                ("at", models.BigIntegerField()),
                ("admitted", models.BigIntegerField(default=0)),
                ("failures", models.BigIntegerField(default=0)),
                ("ignored", models.BigIntegerField(default=0)),
                ("slow", models.BigIntegerField(default=0)),
                ("refused", models.BigIntegerField(default=0)),
                ("fallbacks", models.BigIntegerField(default=0)),
                ("hist", models.JSONField(blank=True, default=dict)),
                ("worst", models.CharField(blank=True, max_length=12)),
                ("linked", models.IntegerField(default=0)),
            ],
            options={
                "abstract": False,
                "indexes": [
                    models.Index(fields=["at", "admitted", "refused"], name="breaker_ten_at"),
                    models.Index(fields=["breaker", "at", "admitted", "failures", "refused"], name="breaker_ten_bars"),
                ],
                "constraints": [models.UniqueConstraint(fields=("breaker", "at"), name="breaker_ten_once")],
            },
        ),
        migrations.CreateModel(
            name="BreakerMinute",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "breaker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="recovery.breaker"
                    ),
                ),
                ("at", models.BigIntegerField()),
                ("admitted", models.BigIntegerField(default=0)),
                ("failures", models.BigIntegerField(default=0)),
                ("ignored", models.BigIntegerField(default=0)),
                ("slow", models.BigIntegerField(default=0)),
                ("refused", models.BigIntegerField(default=0)),
                ("fallbacks", models.BigIntegerField(default=0)),
                ("hist", models.JSONField(blank=True, default=dict)),
                ("worst", models.CharField(blank=True, max_length=12)),
                ("linked", models.IntegerField(default=0)),
            ],
            options={
                "abstract": False,
                "indexes": [models.Index(fields=["at"], name="breaker_minute_at")],
                "constraints": [models.UniqueConstraint(fields=("breaker", "at"), name="breaker_minute_once")],
            },
        ),
        migrations.CreateModel(
            name="BreakerHour",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "breaker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="recovery.breaker"
                    ),
                ),
                ("at", models.BigIntegerField()),
                ("admitted", models.BigIntegerField(default=0)),
                ("failures", models.BigIntegerField(default=0)),
                ("ignored", models.BigIntegerField(default=0)),
                ("slow", models.BigIntegerField(default=0)),
                ("refused", models.BigIntegerField(default=0)),
                ("fallbacks", models.BigIntegerField(default=0)),
                ("hist", models.JSONField(blank=True, default=dict)),
                ("worst", models.CharField(blank=True, max_length=12)),
                ("linked", models.IntegerField(default=0)),
            ],
            options={
                "abstract": False,
                "indexes": [models.Index(fields=["at"], name="breaker_hour_at")],
                "constraints": [models.UniqueConstraint(fields=("breaker", "at"), name="breaker_hour_once")],
            },
        ),
        migrations.CreateModel(
            name="BreakerDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "breaker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="recovery.breaker"
                    ),
                ),
                ("at", models.BigIntegerField()),
                ("admitted", models.BigIntegerField(default=0)),
                ("failures", models.BigIntegerField(default=0)),
                ("ignored", models.BigIntegerField(default=0)),
                ("slow", models.BigIntegerField(default=0)),
                ("refused", models.BigIntegerField(default=0)),
                ("fallbacks", models.BigIntegerField(default=0)),
                ("hist", models.JSONField(blank=True, default=dict)),
                ("worst", models.CharField(blank=True, max_length=12)),
                ("linked", models.IntegerField(default=0)),
            ],
            options={
                "abstract": False,
                "indexes": [models.Index(fields=["at"], name="breaker_day_at")],
                "constraints": [models.UniqueConstraint(fields=("breaker", "at"), name="breaker_day_once")],
            },
        ),
        migrations.CreateModel(
            name="Transition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "process",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="transitions", to="recovery.process"
                    ),
                ),
                (
                    "breaker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="transitions", to="recovery.breaker"
                    ),
                ),
                ("seq", models.BigIntegerField()),
                ("sequence", models.BigIntegerField()),
                ("kind", models.CharField(default="transition", max_length=12)),
                (
                    "before",
                    recovery.models.fields.StateField(
                        blank=True,
                        choices=[
                            ("CLOSED", "Closed"),
                            ("OPEN", "Open"),
                            ("HALF-OPEN", "Half-open"),
                            ("FORCED-OPEN", "Forced-open"),
                            ("DISABLED", "Disabled"),
                            ("METRICS-ONLY", "Metrics-only"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "after",
                    recovery.models.fields.StateField(
                        blank=True,
                        choices=[
                            ("CLOSED", "Closed"),
                            ("OPEN", "Open"),
                            ("HALF-OPEN", "Half-open"),
                            ("FORCED-OPEN", "Forced-open"),
                            ("DISABLED", "Disabled"),
                            ("METRICS-ONLY", "Metrics-only"),
                        ],
                        max_length=12,
                    ),
                ),
                ("cause", models.CharField(blank=True, max_length=500)),
                ("evidence", models.JSONField(blank=True, default=dict)),
                ("actor", models.CharField(blank=True, max_length=100)),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ["-at", "-id"],
                "indexes": [
                    models.Index(fields=["breaker", "-at"], name="transition_breaker"),
                    models.Index(fields=["at"], name="transition_at"),
                ],
                "constraints": [models.UniqueConstraint(fields=("process", "seq"), name="transition_once")],
            },
        ),
        migrations.CreateModel(
            name="OperationTen",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "operation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="recovery.operation"
                    ),
                ),
                ("at", models.BigIntegerField()),
                ("attempts", models.BigIntegerField(default=0)),
                ("retries", models.BigIntegerField(default=0)),
                ("successes_after_retry", models.BigIntegerField(default=0)),
                ("gave_up", models.BigIntegerField(default=0)),
                ("delay_seconds", models.FloatField(default=0)),
                ("by_reason", models.JSONField(blank=True, default=dict)),
            ],
            options={
                "abstract": False,
                "indexes": [models.Index(fields=["at"], name="operation_ten_at")],
                "constraints": [models.UniqueConstraint(fields=("operation", "at"), name="operation_ten_once")],
            },
        ),
        migrations.CreateModel(
            name="OperationMinute",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "operation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="recovery.operation"
                    ),
                ),
                ("at", models.BigIntegerField()),
                ("attempts", models.BigIntegerField(default=0)),
                ("retries", models.BigIntegerField(default=0)),
                ("successes_after_retry", models.BigIntegerField(default=0)),
                ("gave_up", models.BigIntegerField(default=0)),
                ("delay_seconds", models.FloatField(default=0)),
                ("by_reason", models.JSONField(blank=True, default=dict)),
            ],
            options={
                "abstract": False,
                "indexes": [models.Index(fields=["at"], name="operation_minute_at")],
                "constraints": [models.UniqueConstraint(fields=("operation", "at"), name="operation_minute_once")],
            },
        ),
        migrations.CreateModel(
            name="OperationHour",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "operation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="recovery.operation"
                    ),
                ),
                ("at", models.BigIntegerField()),
                ("attempts", models.BigIntegerField(default=0)),
                ("retries", models.BigIntegerField(default=0)),
                ("successes_after_retry", models.BigIntegerField(default=0)),
                ("gave_up", models.BigIntegerField(default=0)),
                ("delay_seconds", models.FloatField(default=0)),
                ("by_reason", models.JSONField(blank=True, default=dict)),
            ],
            options={
                "abstract": False,
                "indexes": [models.Index(fields=["at"], name="operation_hour_at")],
                "constraints": [models.UniqueConstraint(fields=("operation", "at"), name="operation_hour_once")],
            },
        ),
        migrations.CreateModel(
            name="Occurrence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="occurrences",
                        to="recovery.errorgroup",
                    ),
                ),
                (
                    "process",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="recovery.process"
                    ),
                ),
                ("seq", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("message", models.TextField(blank=True)),
                ("severity", models.CharField(max_length=10)),
                ("attempt", models.IntegerField(blank=True, null=True)),
                ("will_retry", models.BooleanField(default=False)),
                ("traceback", models.TextField(blank=True)),
                ("context", models.JSONField(blank=True, default=dict)),
            ],
            options={
                "ordering": ["-at", "-id"],
                "indexes": [
                    models.Index(fields=["group", "-at"], name="occurrence_group"),
                    models.Index(fields=["at"], name="occurrence_at"),
                ],
                "constraints": [models.UniqueConstraint(fields=("process", "seq"), name="occurrence_once")],
            },
        ),
        migrations.CreateModel(
            name="Policy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="policies", to="recovery.service"
                    ),
                ),
                ("kind", models.CharField(max_length=12)),
                ("target", recovery.models.fields.NameField(max_length=200)),
                ("fields", models.JSONField(blank=True, null=True)),
                ("scope", models.JSONField(blank=True, default=dict)),
                (
                    "rollout",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="policies",
                        to="recovery.rollout",
                    ),
                ),
                ("reason", models.CharField(max_length=500)),
                ("actor", models.CharField(max_length=100)),
                ("revision", models.BigIntegerField()),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["-revision"],
                "indexes": [models.Index(fields=["service", "kind", "target", "revision"], name="policy_target")],
                "constraints": [models.UniqueConstraint(fields=("service", "revision"), name="policy_revision_once")],
            },
        ),
        migrations.CreateModel(
            name="CheckResult",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "parent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="results", to="recovery.check"
                    ),
                ),
                ("run", models.UUIDField(unique=True)),
                ("at", models.DateTimeField()),
                ("healthy", models.BooleanField()),
                ("latency_ms", models.FloatField(blank=True, null=True)),
                ("text", models.CharField(blank=True, max_length=500)),
            ],
            options={
                "ordering": ["-at"],
                "indexes": [
                    models.Index(fields=["parent", "-at"], name="result_check"),
                    models.Index(fields=["at"], name="result_at"),
                ],
            },
        ),
        migrations.CreateModel(
            name="CheckDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "parent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="days", to="recovery.check"
                    ),
                ),
                ("day", models.DateField(db_index=True)),
                ("runs", models.PositiveIntegerField(default=0)),
                ("healthy", models.PositiveIntegerField(default=0)),
            ],
            options={
                "ordering": ["-day"],
                "constraints": [models.UniqueConstraint(fields=("parent", "day"), name="check_day_once")],
            },
        ),
    ]
