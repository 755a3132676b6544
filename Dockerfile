# Airflow with airflow-scheduled-reports in it. dags/, report_specs/ and include/ are mounted by docker-compose.yaml, not copied:
# a merged spec needs no new image, a new version of the library does.
FROM apache/airflow:3.3.2-python3.12

# What WeasyPrint loads to typeset a PDF, and fonts for the scripts that its bundled fonts lack.
USER root
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        fonts-noto-cjk \
        fonts-noto-color-emoji \
        libharfbuzz-subset0 \
        libpango-1.0-0 \
        libpangoft2-1.0-0 \
    && apt-get clean \
    && rm -rf /var/lib/apt/lists/*

USER airflow
COPY --chown=airflow:0 pyproject.toml constraints.txt README.md LICENSE /opt/airflow/build/
COPY --chown=airflow:0 plugins /opt/airflow/build/plugins

# `apache-airflow==` is named so that pip can never replace the base image's Airflow. Celery 5.7 breaks Airflow's Celery
# provider: the `celery` extra and constraints.txt hold it below, and the first import fails the build if they ever do not.
# The second import fails the build if a library that WeasyPrint needs is missing.
RUN pip install --no-cache-dir --constraint /opt/airflow/build/constraints.txt \
        "apache-airflow==${AIRFLOW_VERSION}" "/opt/airflow/build[postgres,celery,s3]" \
    && python -c "from celery.backends.database import retry" \
    && python -c "import weasyprint, scheduled_reports" \
    && mkdir -p /opt/airflow/logins
