"""The rules of JUnit XML by which Jenkins checks a file, as an XML Schema of their own.

Elements, their order and their attributes are those of jenkins-junit.xsd of jenkinsci/xunit-plugin, of what a report
without times, properties and output needs.
"""

from __future__ import annotations

from lxml import etree

_RULES = """
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:complexType name="result" mixed="true">
    <xs:attribute name="type" type="xs:string"/>
    <xs:attribute name="message" type="xs:string"/>
  </xs:complexType>
  <xs:attributeGroup name="counts">
    <xs:attribute name="tests" type="xs:nonNegativeInteger" use="required"/>
    <xs:attribute name="failures" type="xs:nonNegativeInteger"/>
    <xs:attribute name="errors" type="xs:nonNegativeInteger"/>
    <xs:attribute name="skipped" type="xs:nonNegativeInteger"/>
  </xs:attributeGroup>
  <xs:element name="testcase">
    <xs:complexType>
      <xs:sequence>
        <xs:element name="skipped" type="result" minOccurs="0"/>
        <xs:element name="error" type="result" minOccurs="0" maxOccurs="unbounded"/>
        <xs:element name="failure" type="result" minOccurs="0" maxOccurs="unbounded"/>
      </xs:sequence>
      <xs:attribute name="name" type="xs:string" use="required"/>
      <xs:attribute name="classname" type="xs:string"/>
    </xs:complexType>
  </xs:element>
  <xs:element name="testsuite">
    <xs:complexType>
      <xs:sequence><xs:element ref="testcase" minOccurs="0" maxOccurs="unbounded"/></xs:sequence>
      <xs:attribute name="name" type="xs:string" use="required"/>
      <xs:attribute name="timestamp">
        <xs:simpleType>
          <xs:restriction base="xs:dateTime"><xs:pattern value="[-0-9]{10}T[:0-9]{8}"/></xs:restriction>
        </xs:simpleType>
      </xs:attribute>
      <xs:attributeGroup ref="counts"/>
    </xs:complexType>
  </xs:element>
  <xs:element name="testsuites">
    <xs:complexType>
      <xs:sequence><xs:element ref="testsuite" minOccurs="0" maxOccurs="unbounded"/></xs:sequence>
      <xs:attribute name="name" type="xs:string"/>
      <xs:attributeGroup ref="counts"/>
    </xs:complexType>
  </xs:element>
</xs:schema>
"""
_SCHEMA = etree.XMLSchema(etree.fromstring(_RULES))


def parsed_junit(text: str) -> etree._Element:
    """Parse and check a report: the schema, the counts, and names that GitLab can tell apart."""
    root = etree.fromstring(text.encode())
    _SCHEMA.assertValid(root)
    for suite in (root, *root.iter("testsuite")):
        for attribute, element in (("tests", "testcase"), ("failures", "failure"), ("errors", "error")):
            assert int(suite.get(attribute, "0")) == len(list(suite.iter(element))), (suite.get("name"), attribute)
    names = [(case.get("classname"), case.get("name")) for case in root.iter("testcase")]
    assert len(names) == len(set(names))
    return root
